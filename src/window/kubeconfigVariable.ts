import path from 'node:path';

/** The `KUBECONFIG` of a terminal in which kubectl is to find what the setting names. Without the setting it does anyway. */
export function kubeconfigVariable(files: readonly string[], home: string): string | undefined {
  const absolute = (file: string): string => path.resolve(home, file.replace(/^~(?=$|[\\/])/, '.'));
  return files.length === 0 ? undefined : files.map(absolute).join(path.delimiter);
}
