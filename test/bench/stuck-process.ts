/** Run by a test as a process of the bench: it answers nothing, and does not see that its parent wants it to end. */
import { answerQuestions } from './forked.ts'

answerQuestions(
  () => {
    for (;;);
  },
  async () => undefined,
)
