import { runTool } from './processes';

/** A Go module of this project, built whatever the environment says of other ones. */
export interface GoModule {
  /** Of `go`, such as `go1.26.8`. Rejects when there is none. */
  version(): Promise<string>;
  /** Builds a program that the module requires or is. @param linkerFlags Besides those that leave out symbols. */
  build(program: string, file: string, linkerFlags?: readonly string[]): Promise<void>;
}

export function goModule(folder: string): GoModule {
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' };
  return {
    async version() {
      return (await runTool('go', ['env', 'GOVERSION'], { cwd: folder, env })).trim();
    },
    async build(program, file, linkerFlags = []) {
      const flags = [
        '-mod=readonly',
        '-trimpath',
        '-buildvcs=false',
        '-ldflags',
        ['-s', '-w', ...linkerFlags].join(' '),
      ];
      await runTool('go', ['build', ...flags, '-o', file, program], { cwd: folder, env });
    },
  };
}
