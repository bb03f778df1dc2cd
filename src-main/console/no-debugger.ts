/**
 * Keeps this process from being opened to a debugger while it runs: on SIGUSR1 Node would listen on a port, and whoever
 * reaches that port reads and runs anything here. A process that was started with `--inspect` stays as it is.
 */
export function refuseDebugger(): void {
  // Windows has no such signal; there Electron's fuse and the system's rights on the process decide.
  if (process.platform !== 'win32') process.off('SIGUSR1', ignore).on('SIGUSR1', ignore)
}

function ignore(): void {
  // Node's own answer to the signal is what this stands in for.
}
