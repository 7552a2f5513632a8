import { objectKinds, type Pod } from '../../src/objects/kubernetes';
import { keyText } from '../../src/objects/objectKey';
import { podNames } from '../references/podNames';
import type { ApiServer } from '../harness/apiServer';
import type { Belief } from './client';

/** How what the session believes differs from what the server has; empty if it does not. */
export async function differences(
  server: ApiServer,
  belief: Belief,
  versions: 'with versions' | 'without',
): Promise<string[]> {
  const pods = await list(server, 'pods');
  const found: string[] = [];
  if (belief.feed !== 'live') found.push(`the feed of pods is ${belief.feed}`);
  const wanted = new Set(
    pods.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}/${metadata.uid ?? ''}`),
  );
  compareSets('pod', wanted, new Set(belief.pods), found);

  const references = new Map<string, number>();
  for (const pod of pods) {
    for (const kind of objectKinds) {
      for (const name of podNames(pod, kind)) {
        const text = keyText({ kind, namespace: pod.metadata.namespace ?? '', name });
        references.set(text, (references.get(text) ?? 0) + 1);
      }
    }
  }
  const believed = new Map(belief.objects.map((object) => [keyText(object.key), object]));
  compareSets('object', new Set(references.keys()), new Set(believed.keys()), found);
  for (const [text, count] of references) {
    const own = believed.get(text)?.references;
    if (own !== undefined && own !== count) found.push(`${text} has ${own} references instead of ${count}`);
  }
  if (versions === 'without') return found;
  const stored = new Map<string, string | undefined>();
  for (const [kind, resource] of [
    ['Secret', 'secrets'],
    ['ConfigMap', 'configmaps'],
  ] as const) {
    for (const { metadata } of await list(server, resource)) {
      const { namespace = '', name } = metadata;
      stored.set(keyText({ kind, namespace, name }), metadata.resourceVersion);
    }
  }
  for (const [text, { version, key }] of believed) {
    // What only admission refers to is read when somebody looks.
    if (key.name === 'kube-root-ca.crt') continue;
    if (version !== stored.get(text))
      found.push(`${text} is ${version ?? 'absent'} instead of ${stored.get(text) ?? 'absent'}`);
  }
  return found;
}

function compareSets(what: string, wanted: ReadonlySet<string>, had: ReadonlySet<string>, found: string[]): void {
  for (const one of wanted) if (!had.has(one)) found.push(`${what} ${one} is not known`);
  for (const one of had) if (!wanted.has(one)) found.push(`${what} ${one} is known and does not exist`);
}

/** What the server has, in all namespaces of the crowd. */
async function list(server: ApiServer, resource: string): Promise<readonly Pod[]> {
  const { body } = await server.request('GET', `/api/v1/${resource}`);
  return (body.items ?? []) as readonly unknown[] as readonly Pod[];
}

/** Watches of pods that are open at the server, its own among them. */
export async function openWatches(server: ApiServer): Promise<number> {
  const { text } = await server.request('GET', '/metrics');
  let open = 0;
  for (const line of text.split('\n')) {
    if (!line.startsWith('apiserver_longrunning_requests{')) continue;
    if (line.includes('resource="pods"') && line.includes('verb="WATCH"')) open += Number(line.split(' ').at(-1));
  }
  return open;
}
