import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import path from 'node:path';

/** A certificate and its private key, as PEM files. */
export interface KeyPair {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface CertificateRequest {
  readonly commonName: string;
  readonly organizations?: readonly string[];
  /** Names and addresses the certificate covers. */
  readonly hosts?: readonly string[];
  readonly usage: 'serverAuth' | 'clientAuth';
  /** Days it is valid for, from this moment; 1 without it. */
  readonly days?: number;
}

/** Makes a certificate authority in `folder`, valid for a day. Throws when there is no openssl. */
export function makeAuthority(folder: string, name: string): KeyPair {
  const pair = { certFile: path.join(folder, `${name}.crt`), keyFile: path.join(folder, `${name}.key`) };
  const config = configFile(
    folder,
    name,
    [name],
    ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign'],
  );
  makeKey(pair.keyFile);
  openssl(['req', '-x509', '-new', '-key', pair.keyFile, '-out', pair.certFile, '-days', '1', '-config', config]);
  return pair;
}

/** Makes a certificate signed by the authority, in `folder`, under file names that begin with `name`. */
export function issueCertificate(
  folder: string,
  name: string,
  authority: KeyPair,
  request: CertificateRequest,
): KeyPair {
  const pair = { certFile: path.join(folder, `${name}.crt`), keyFile: path.join(folder, `${name}.key`) };
  const requestFile = path.join(folder, `${name}.csr`);
  const extensions = [
    'basicConstraints=CA:FALSE',
    'keyUsage=critical,digitalSignature',
    `extendedKeyUsage=${request.usage}`,
  ];
  const hosts = request.hosts ?? [];
  if (hosts.length > 0) {
    extensions.push(`subjectAltName=${hosts.map((host) => `${isIP(host) === 0 ? 'DNS' : 'IP'}:${host}`).join(',')}`);
  }
  const config = configFile(folder, name, [request.commonName, ...(request.organizations ?? [])], extensions);
  makeKey(pair.keyFile);
  openssl(['req', '-new', '-key', pair.keyFile, '-out', requestFile, '-config', config]);
  const serial = `0x${Buffer.from(crypto.getRandomValues(new Uint8Array(8))).toString('hex')}`;
  openssl([
    ...['x509', '-req', '-in', requestFile, '-out', pair.certFile, '-days', (request.days ?? 1).toString()],
    ...['-CA', authority.certFile, '-CAkey', authority.keyFile, '-set_serial', serial],
    ...['-extfile', config, '-extensions', 'extensions'],
  ]);
  return pair;
}

function makeKey(file: string): void {
  openssl(['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', file]);
  chmodSync(file, 0o600);
}

/** A file rather than arguments: names may hold characters that `-subj` reads as separators. */
function configFile(folder: string, name: string, names: readonly string[], extensions: readonly string[]): string {
  const [commonName, ...organizations] = names;
  const lines = [
    ...['[req]', 'prompt=no', 'string_mask=utf8only', 'distinguished_name=subject', 'x509_extensions=extensions'],
    ...['[subject]', `CN=${commonName}`, ...organizations.map((organization, index) => `${index}.O=${organization}`)],
    ...['[extensions]', ...extensions],
  ];
  const file = path.join(folder, `${name}.cnf`);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

function openssl(args: readonly string[]): void {
  try {
    execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error('the command "openssl" is needed to make certificates for the test server', { cause: error });
  }
}
