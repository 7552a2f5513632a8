import { readFileSync } from 'node:fs';
import type { ApiUnderTest } from '../apiContract/apiUnderTest';
import { RawApi } from '../apiContract/rawApi';
import { startApiServer, type ApiServer } from '../harness/apiServer';
import { objectPath, type KubeObject } from '../harness/kubeObjects';
import { waitFor } from '../harness/waiting';

const user = 'reader';

/** A real kube-apiserver, with a user who may do what the contract says. */
export async function startRealApi(): Promise<ApiUnderTest> {
  // Not 127.0.0.1: for other hosts the editor replaces the functions of node:https.
  const server = await startApiServer({ address: '127.0.0.2', users: [{ name: user }] });
  try {
    await server.apply(role());
    const api = apiOf(server);
    const raw = new RawApi(api);
    // The server learns of the role by a watch of its own.
    await waitFor(async () => ((await raw.send('/api/v1/configmaps')).code === 200 ? true : undefined), {
      what: 'the role',
      limitMs: 10_000,
    });
    return api;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

function apiOf(server: ApiServer): ApiUnderTest {
  return {
    url: server.url,
    authority: readFileSync(server.caFile, 'utf8'),
    user,
    token: server.addUser(user).token,
    kubeconfig: server.kubeconfig({ user }),
    put: (object) => server.apply([object]),
    remove: (object) => server.remove(objectPath({ apiVersion: 'v1', kind: object.kind, metadata: { ...object } })),
    compact: () => server.compact(),
    pass: () => undefined,
    stop: () => server.stop(),
  };
}

function role(): readonly KubeObject[] {
  const apiGroup = 'rbac.authorization.k8s.io';
  const metadata = { name: 'contract' };
  return [
    {
      apiVersion: `${apiGroup}/v1`,
      kind: 'ClusterRole',
      metadata,
      rules: [
        // `nope` stands for whatever the server does not know: it may be asked for as well.
        {
          apiGroups: [''],
          resources: ['configmaps', 'configmaps/nope', 'namespaces', 'nodes', 'nope', 'pods'],
          verbs: ['*'],
        },
        { apiGroups: ['nope'], resources: ['*'], verbs: ['*'] },
        {
          apiGroups: [''],
          resources: ['secrets'],
          resourceNames: ['open', 'missing'],
          verbs: ['get', 'list', 'watch'],
        },
        { nonResourceURLs: ['*'], verbs: ['*'] },
      ],
    },
    {
      apiVersion: `${apiGroup}/v1`,
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: { apiGroup, kind: 'ClusterRole', name: metadata.name },
      subjects: [{ apiGroup, kind: 'User', name: user }],
    },
  ];
}
