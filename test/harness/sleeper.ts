import { startProcess } from './processes';

// A program that waits with a child that ignores SIGTERM, for the test of what becomes of the child. Prints the two ids.

async function main(logFile: string): Promise<void> {
  const child = await startProcess({
    command: '/bin/sh',
    args: ['-c', 'trap "" TERM; while :; do sleep 1; done'],
    logFile,
  });
  console.log(`${process.pid} ${child.pid}`);
  setInterval(() => undefined, 60_000);
}

void main(process.argv[2] ?? '/dev/null');
