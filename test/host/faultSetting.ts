import { mkdtempSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ApiServer } from '../harness/apiServer';
import { issueCertificate, makeAuthority, type KeyPair } from '../harness/certificates';
import type { Certificate } from '../harness/faultProxy';
import type { KubeObject } from '../harness/kubeObjects';
import { objectName, proxyAddress } from './faultNames';

/** The users of the API server for {@link FaultSetting}, to be named at its start. */
export const faultUsers = ['fault-1', 'fault-2'] as const;

/** What the fault tests get from outside the extension host. */
export interface FaultSetting {
  readonly server: { readonly url: string; readonly caFile: string };
  /** Of a user who may do everything. */
  readonly token: string;
  /** Users whose only role is bound to nobody as long as their role bindings have no subjects. */
  readonly users: readonly { readonly name: string; readonly token: string }[];
  readonly clientCertificates: Readonly<Record<'valid' | 'expired', KeyPair>>;
  /** For a proxy: signed by the authority in `caFile`, by another one, and by the first but no longer valid. */
  readonly certificates: Readonly<Record<'trusted' | 'foreign' | 'expired', Certificate>>;
  readonly caFile: string;
}

export async function prepareFaults(server: ApiServer): Promise<FaultSetting> {
  const folder = mkdtempSync(path.join(server.folder, 'faults-'));
  const [authority, other] = [makeAuthority(folder, 'ca'), makeAuthority(folder, 'other-ca')];
  const certificate = (name: string, signer: KeyPair, days = 1): Certificate => {
    const request = { commonName: name, hosts: [proxyAddress], usage: 'serverAuth', days } as const;
    const { certFile, keyFile } = issueCertificate(folder, name, signer, request);
    return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
  };
  await server.apply(faultUsers.flatMap(roleOf));
  const groups = ['system:masters'];
  return {
    server: { url: server.url, caFile: server.caFile },
    token: server.adminToken,
    users: faultUsers.map((name) => ({ name, ...server.addUser(name) })),
    clientCertificates: {
      valid: server.clientCertificate('fault-test', groups),
      expired: server.clientCertificate('fault-test', groups, { days: -1 }),
    },
    certificates: {
      trusted: certificate('trusted', authority),
      foreign: certificate('foreign', other),
      expired: certificate('expired', authority, -1),
    },
    caFile: authority.certFile,
  };
}

/** The pods of the sample, and one Secret. */
function roleOf(user: string): KubeObject[] {
  const apiGroup = 'rbac.authorization.k8s.io';
  const metadata = { name: user, namespace: 'shop' };
  return [
    {
      apiVersion: `${apiGroup}/v1`,
      kind: 'Role',
      metadata,
      rules: [
        { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
        { apiGroups: [''], resources: ['secrets'], resourceNames: [objectName], verbs: ['get'] },
      ],
    },
    {
      apiVersion: `${apiGroup}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup, kind: 'Role', name: user },
      subjects: [{ apiGroup, kind: 'User', name: user }],
    },
  ];
}
