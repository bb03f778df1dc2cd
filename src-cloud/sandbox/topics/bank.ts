import { accountTopics } from './accounts.ts'
import { alertTopics } from './alerts.ts'
import { networkTopics } from './network.ts'
import { noiseTopics } from './noise.ts'
import type { Topic } from './topic.ts'
import { workplaceTopics } from './workplace.ts'

const asked = [...accountTopics, ...workplaceTopics, ...networkTopics]

/**
 * What a client writes about: every desk's daily topics, its trade's own, and about a third that nobody asked for.
 * @param without keys of topics that this client never has
 */
export function topicsWith(trade: Topic[], without: string[] = []): Topic[] {
  const people = [...asked.filter(({ key }) => !without.includes(key)), ...trade]
  const machines = [...alertTopics, ...noiseTopics]
  const factor = weightOf(people) / 2 / weightOf(machines)
  return [...people, ...machines.map((topic) => ({ ...topic, weight: topic.weight * factor }))]
}

function weightOf(topics: Topic[]): number {
  return topics.reduce((sum, { weight }) => sum + weight, 0)
}
