import os from 'node:os';
import path from 'node:path';

/** The project's folder for what is downloaded or built once per machine; not made by this call. */
export function cacheFolder(...parts: readonly string[]): string {
  const configured = process.env['XDG_CACHE_HOME'] ?? '';
  const base = path.isAbsolute(configured) ? configured : path.join(os.homedir(), '.cache');
  return path.join(base, 'kubefresh', ...parts);
}
