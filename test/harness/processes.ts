import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { waitFor } from './waiting';

export interface ProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Both output streams are appended to it. */
  readonly logFile: string;
  readonly cwd?: string;
  /** The whole environment; the parent's without it. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * A child in a process group of its own, so that a signal reaches its children too. The group is ended when this
 * process ends, however it ends.
 */
export interface RunningProcess {
  readonly pid: number;
  isRunning(): boolean;
  /** SIGTERM to the group, SIGKILL to what is left of it after `graceMs`; resolves when the group is gone. Idempotent. */
  stop(graceMs?: number): Promise<void>;
  /** SIGKILL to the group, at once. */
  kill(): void;
  /** The last lines of the log file, under a heading that names it. */
  logTail(lines?: number): string;
}

/**
 * Starts a process. Rejects when the command cannot be started at all.
 */
export async function startProcess(options: ProcessOptions): Promise<RunningProcess> {
  const log = openSync(options.logFile, 'a');
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  await once(child, 'spawn');
  const pid = child.pid!;
  const guard = guardGroup(pid);
  child.once('exit', () => {
    // What the leader leaves behind of its group is still guarded.
    if (!groupExists(pid)) release(guard);
  });
  child.unref();

  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  const gone = (): Promise<true | undefined> => Promise.resolve(groupExists(pid) || isRunning() ? undefined : true);

  return {
    pid,
    isRunning,
    kill() {
      signalGroup(pid, 'SIGKILL');
      release(guard);
    },
    async stop(graceMs = 5000) {
      signalGroup(pid, 'SIGTERM');
      try {
        await waitFor(gone, { what: `the end of ${options.command}`, limitMs: graceMs, everyMs: 20 });
      } catch {
        signalGroup(pid, 'SIGKILL');
        // A group of nothing but dead processes that nobody reaps still counts as existing: not worth an error.
        await waitFor(gone, { what: `the end of ${options.command}`, limitMs: 2000, everyMs: 20 }).catch(
          () => undefined,
        );
      }
      release(guard);
    },
    logTail(lines = 30) {
      const text = readFileSync(options.logFile, 'utf8').trimEnd();
      return `the end of ${options.logFile}:\n${text.split('\n').slice(-lines).join('\n')}`;
    },
  };
}

/**
 * A shell that waits on a pipe from this process and ends the group when the pipe closes. An exit handler would not do:
 * none runs when this process is killed.
 */
function guardGroup(group: number): ChildProcess {
  const script = 'read -r _; kill -s TERM -- "-$1"; sleep 3; kill -s KILL -- "-$1"';
  const guard = spawn('/bin/sh', ['-c', script, 'guard', group.toString()], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  // The pipe must stay open but must not keep this process alive; its type does not say that it is a socket.
  (guard.stdin as unknown as { unref(): void }).unref();
  guard.stdin.on('error', () => undefined);
  return guard;
}

function release(guard: ChildProcess): void {
  if (guard.pid !== undefined && guard.exitCode === null) signalGroup(guard.pid, 'SIGKILL');
}

function groupExists(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // It is gone.
  }
}

export interface ToolOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Runs a tool to its end and answers its standard output. Rejects with the command and the end of what it printed when
 * it cannot be started or exits with another code than 0.
 */
export function runTool(command: string, args: readonly string[], options: ToolOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { ...options, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) {
        resolve(stdout);
        return;
      }
      const said = `${stdout}\n${stderr}`.trim().split('\n').slice(-15).join('\n');
      reject(new Error(`${command} ${args.join(' ')}: ${said === '' ? error.message : said}`));
    });
  });
}
