import { lazy, Suspense, useLayoutEffect, type ComponentType } from 'react'
import { useArrived, useDispatcher } from './use-commands.tsx'

/**
 * A dialog that is loaded when it is first opened. What is typed meanwhile waits for it, so that no letter that was
 * meant for it acts on what is below.
 * @param name of the place that keys wait for
 */
export function laterDialog<Props extends object>(
  name: string,
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  const Loaded = lazy(async () => ({ default: await load() })) as unknown as ComponentType<Props>
  return function Later(props: Props) {
    const dispatcher = useDispatcher()
    useLayoutEffect(() => dispatcher.hold(name), [dispatcher])
    return (
      <Suspense>
        <Stands name={name} />
        <Loaded {...props} />
      </Suspense>
    )
  }
}

/** Before the dialog itself: one that leads on to another at once has come, and what was typed ahead goes to the other. */
function Stands({ name }: { name: string }) {
  useArrived(name)
  return null
}
