/** What the page of a measurement can be asked; see {@link installProbe}. */
export interface Probe {
  /** Measures the next key press until this client's rows are painted; for `plain`, one that adds a line of text. */
  expect(client: string): void
  /** Measures the next key press until the first element of a selector says so. */
  expectText(selector: string, text: string): void
  /** Measures the next key press until the first element of a selector says something else than now. */
  expectOther(selector: string): void
  /** Measures the next key press until the list has been searched for what is in the field. */
  expectSearched(): void
  /** Resolves when the selected row says so, or no longer does. */
  selectedSays(text: string, says: boolean): Promise<void>
  /** Milliseconds of that. */
  painted(): Promise<number>
  /** Goes to a client and resolves when its rows are in the document. */
  visit(client: string): Promise<void>
  /** Hurries through the clients of these digits, as keys with Control. */
  pass(digits: readonly number[]): Promise<void>
}

/**
 * Runs in the page before its own scripts. A key press begins with the event's own time, so before any handler. The
 * end is the browser's own record (Element Timing) of the frame that painted the subject of the client's first row;
 * the element is marked when its rows are committed, so before they are painted.
 */
export function installProbe(): void {
  const MARK = 'first-row'
  let expected: string | null = null
  let began = 0
  let result = Promise.withResolvers<number>()

  const shows = (client: string): boolean =>
    document.documentElement.dataset['client'] === client && document.querySelector('[id^="row-"]') !== null
  const mark = (): void => {
    if (expected === null || began === 0 || !shows(expected)) return
    expected = null
    const texts = [...(document.querySelector('[id^="row-"]')?.querySelectorAll('*') ?? [])]
    const subject = texts.find((e) => e.childElementCount === 0 && (e.textContent ?? '').length > 12)
    if (subject) subject.setAttribute('elementtiming', MARK)
    else result.reject(new Error('the first row has no text'))
  }
  // Painted with whatever else changed before the next frame.
  const addLine = (): void => {
    const line = Object.assign(document.createElement('div'), { textContent: 'A line of text.' })
    line.style.cssText = 'position: fixed; top: 0; left: 50%'
    line.setAttribute('elementtiming', MARK)
    document.body.append(line)
    void result.promise.then(() => line.remove())
  }
  const textOf = (selector: string): string => document.querySelector(selector)?.textContent ?? ''
  const selectedText = (): string => textOf('[role=row][aria-selected=true]')
  /** Looks after each change of the page; the end is the frame that paints the change. */
  const expectThat = (holds: () => boolean): void => {
    expected = 'text'
    began = 0
    result = Promise.withResolvers()
    const look = new MutationObserver(() => {
      if (began === 0 || !holds()) return
      look.disconnect()
      expected = null
      addLine()
    })
    look.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true })
  }
  // There is no element yet to observe.
  new MutationObserver(mark).observe(document, { subtree: true, attributeFilter: ['data-client'] })
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & { renderTime: number; paintTime?: number })[]) {
      // Older browsers know only when it was shown, a little later.
      const end = entry.paintTime ?? entry.renderTime
      if (began > 0 && end > began) result.resolve(end - began)
    }
  }).observe({ type: 'element' })
  addEventListener(
    'keydown',
    (event) => {
      if (expected === null || event.key === 'Control') return
      began = event.timeStamp
      if (expected !== 'plain') return
      expected = null
      addLine()
    },
    true,
  )

  window.probe = {
    expect(client) {
      expected = client
      began = 0
      result = Promise.withResolvers()
    },
    expectText: (selector, text) => expectThat(() => textOf(selector).includes(text)),
    expectOther(selector) {
      const before = textOf(selector)
      expectThat(() => textOf(selector) !== '' && textOf(selector) !== before)
    },
    expectSearched() {
      const field = document.querySelector<HTMLInputElement>('[role=search] input')!
      const before = field.value
      expectThat(() => {
        const { value } = field
        return value !== before && document.querySelector<HTMLElement>('[role=grid]')?.dataset['searched'] === value
      })
    },
    selectedSays: (text, says) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (selectedText().includes(text) === says) resolve()
          else setTimeout(look, 4)
        }
        look()
      }),
    painted: () => result.promise,
    visit: (client) =>
      new Promise((resolve) => {
        // Going to where one is already paints nothing anew.
        if (location.hash !== `#/client/${client}`) delete document.documentElement.dataset['client']
        const look = (): void => {
          if (shows(client)) resolve()
          else setTimeout(look, 4)
        }
        location.hash = `#/client/${client}`
        look()
      }),
    async pass(digits) {
      for (const digit of digits) {
        dispatchEvent(new KeyboardEvent('keydown', { key: String(digit), code: `Digit${digit}`, ctrlKey: true }))
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
  }
}
