import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import type { ApiServer } from '../harness/apiServer';

const namespace = 'kubefresh';
const account = 'reader';
const rbac = 'rbac.authorization.k8s.io';

/**
 * A kubeconfig whose token is changed now and then, as cloud providers do. A token lives as long as the Secret that it
 * is bound to; with the next one its Secret is deleted, so whoever goes on with the old one is refused.
 */
export class RotatingCredentials {
  readonly kubeconfig: string;
  readonly #server: ApiServer;
  readonly #tokenFile: string;
  readonly #pluginFile: string;
  #tokens = 0;

  private constructor(server: ApiServer) {
    this.#server = server;
    this.kubeconfig = path.join(server.folder, 'rotating', 'config');
    this.#tokenFile = path.join(server.folder, 'rotating', 'token');
    this.#pluginFile = path.join(server.folder, 'rotating', 'plugin.cjs');
  }

  static async start(server: ApiServer): Promise<RotatingCredentials> {
    const credentials = new RotatingCredentials(server);
    const subjects = [{ kind: 'ServiceAccount', name: account, namespace }];
    await server.apply([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account, namespace } },
      {
        apiVersion: `${rbac}/v1`,
        kind: 'ClusterRole',
        metadata: { name: account },
        rules: [
          { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
          { apiGroups: [''], resources: ['secrets', 'configmaps', 'nodes'], verbs: ['get'] },
        ],
      },
      {
        apiVersion: `${rbac}/v1`,
        kind: 'ClusterRoleBinding',
        metadata: { name: account },
        roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: account },
        subjects,
      },
    ]);
    await mkdir(path.dirname(credentials.kubeconfig));
    await credentials.rotate();
    const script = `
      const { readFileSync } = require('node:fs');
      const token = readFileSync(${JSON.stringify(credentials.#tokenFile)}, 'utf8');
      const expirationTimestamp = new Date(Date.now() + 45_000).toISOString();
      const apiVersion = 'client.authentication.k8s.io/v1';
      console.log(JSON.stringify({ kind: 'ExecCredential', apiVersion, status: { token, expirationTimestamp } }));`;
    await writeFile(credentials.#pluginFile, script);
    await credentials.use('tokenFile');
    return credentials;
  }

  /** Makes a new token, and ends the one before. */
  async rotate(): Promise<void> {
    const name = `token-${++this.#tokens}`;
    await this.#server.apply([{ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace } }]);
    const request = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 7200, boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name } },
    };
    const answer = await this.#server.request(
      'POST',
      `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
      request,
    );
    const { token } = (answer.body['status'] ?? {}) as { readonly token?: string };
    if (token === undefined) throw new Error(`no token: ${answer.text}`);
    await replaceFile(this.#tokenFile, token);
    if (this.#tokens > 1) {
      await this.#server.remove(`/api/v1/namespaces/${namespace}/secrets/token-${this.#tokens - 1}`);
    }
  }

  /** Says in the kubeconfig where the token is to be had. */
  async use(way: 'tokenFile' | 'plugin'): Promise<void> {
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: [this.#pluginFile],
      interactiveMode: 'Never',
    };
    const content = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'soak', cluster: { server: this.#server.url, 'certificate-authority': this.#server.caFile } }],
      users: [{ name: account, user: way === 'tokenFile' ? { tokenFile: this.#tokenFile } : { exec } }],
      contexts: [{ name: 'soak', context: { cluster: 'soak', user: account } }],
      'current-context': 'soak',
    };
    await replaceFile(this.kubeconfig, stringify(content));
  }
}

/** At once, as tools do it: nobody reads half a file. */
async function replaceFile(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
