import dns from 'node:dns';
import { disposable, type Disposable } from '../../src/objects/disposable';

type Found = (error: NodeJS.ErrnoException | null, address?: unknown, family?: number) => void;

/**
 * Resolves names below `.test` for the sockets of this process, until disposed.
 * @param addressOf An IPv4 address, or `undefined` for a name that does not exist.
 */
export function resolveTestNames(addressOf: (name: string) => string | undefined): Disposable {
  const { lookup } = dns;
  const resolve = (name: string, ...rest: readonly unknown[]): void => {
    const found = rest.at(-1) as Found;
    if (!name.endsWith('.test')) {
      Reflect.apply(lookup, dns, [name, ...rest]);
      return;
    }
    const address = addressOf(name);
    const wantsAll = (rest[0] as { readonly all?: boolean } | undefined)?.all === true;
    setImmediate(() => {
      if (address === undefined) {
        found(Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND', hostname: name }));
      } else if (wantsAll) {
        found(null, [{ address, family: 4 }]);
      } else {
        found(null, address, 4);
      }
    });
  };
  Object.assign(dns, { lookup: resolve });
  return disposable(() => {
    Object.assign(dns, { lookup });
  });
}
