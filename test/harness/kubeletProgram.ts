import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { goModule } from './goModule';
import { runTool } from './processes';

/** The kubelet's own managers as a program: `test/bench/kubelet`. */
export interface KubeletProgram {
  /** Runs it to its end and answers what it printed. */
  run(...args: readonly string[]): Promise<string>;
}

/** Builds the program. Says so and answers undefined where there is no Go toolchain; throws where the build fails. */
export async function buildKubelet(say: (line: string) => void): Promise<KubeletProgram | undefined> {
  const module = goModule(path.join(process.cwd(), 'test', 'bench', 'kubelet'));
  const go = await module.version().catch(() => undefined);
  if (go === undefined) {
    say('There is no Go toolchain here, so the kubelet itself does not run beside.');
    return undefined;
  }
  say(`Building the managers of the kubelet with ${go}. The first time takes some minutes.`);
  const folder = path.join(process.cwd(), 'out', 'programs');
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, 'kubelet');
  await module.build('.', file);
  return { run: (...args) => runTool(file, args) };
}
