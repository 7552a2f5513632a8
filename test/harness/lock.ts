import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { waitFor } from './waiting';

/**
 * Runs `work` while no other process holds the lock of that path (a folder, made for the while). A lock whose process
 * is gone is taken over. Says so when it has to wait; throws after half an hour.
 */
export async function withLock<T>(lock: string, say: (line: string) => void, work: () => Promise<T>): Promise<T> {
  let told = false;
  await mkdir(path.dirname(lock), { recursive: true });
  await waitFor(
    async () => {
      if (await take(lock)) return true;
      if (!told) say(`Waiting for another process that holds ${lock}`);
      told = true;
      return undefined;
    },
    { what: `the lock ${lock}`, limitMs: 30 * 60_000, everyMs: 500 },
  );
  try {
    return await work();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

async function take(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (await isAbandoned(lock)) await rm(lock, { recursive: true, force: true });
    return false;
  }
  await writeFile(path.join(lock, 'pid'), process.pid.toString());
  return true;
}

async function isAbandoned(lock: string): Promise<boolean> {
  try {
    const pid = Number(await readFile(path.join(lock, 'pid'), 'utf8'));
    if (pid > 0) return !isAlive(pid);
    return false;
  } catch {
    // Between making the folder and writing the file there is no pid, but only for a moment.
    const made = await stat(lock).catch(() => undefined);
    return made !== undefined && Date.now() - made.mtimeMs > 10_000;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
