import assert from 'node:assert/strict';
import { accessNamespace, namespace, type ApiUnderTest } from './apiUnderTest';
import { RawApi } from './rawApi';

/** What a test of the contract works with. */
export interface Subject {
  readonly api: ApiUnderTest;
  readonly raw: RawApi;
  /** Makes a namespace, so that tests do not see each other's objects. */
  readonly freshNamespace: () => Promise<string>;
  /** Sends a GET that must be answered with that status. */
  readonly refuses: (path: string, status: object) => Promise<void>;
}

/** Registers a test of the contract. */
export type Check = (name: string, run: (subject: Subject) => Promise<void>) => void;

export function subjectOf(api: ApiUnderTest): Subject {
  const raw = new RawApi(api);
  let made = 0;
  return {
    api,
    raw,
    freshNamespace: async () => {
      made += 1;
      const name = `contract-${made}`;
      await api.put(namespace(name));
      return name;
    },
    refuses: async (path, status) => {
      const { body, headers } = await raw.send(path);
      assert.deepEqual(body, status, path);
      assert.equal(headers['content-type'], 'application/json');
    },
  };
}

/** The path of the ConfigMaps of a namespace. */
export function configMaps(where: string): string {
  return `/api/v1/namespaces/${where}/configmaps`;
}

/** The path of the Secrets that the user may read, or not. */
export const secrets = `/api/v1/namespaces/${accessNamespace}/secrets`;
