// A suite and the runner are bundles of their own, so what is measured travels in the environment of their process.
const prefix = 'KUBEFRESH_MEASURED_';

/** Notes a number for the runner to report. */
export function note(name: string, value: number): void {
  process.env[prefix + name] = String(value);
}

export function measured(): Record<string, number> {
  const entries = Object.entries(process.env).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(entries.map(([name, value]) => [name.slice(prefix.length), Number(value)]));
}
