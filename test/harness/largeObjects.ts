import type { KubeObject } from './kubeObjects';

/** The longest name that an object or a key can have. */
export const longestName = 'n'.repeat(253);

/** Bytes that are no text in UTF-8: what a keystore or a key in DER begins with. */
export const notUtf8 = Buffer.from([0xfe, 0xed, 0xfe, 0xed, 0x00, 0xff, 0xc3, 0x28]);

const mebibyte = 1024 * 1024;

/** The largest that the API server takes, and the oddest that it takes. */
export function largeObjects(namespace: string): readonly KubeObject[] {
  const meta = (name: string): KubeObject['metadata'] => ({ name, namespace });
  const keys = <T>(count: number, value: (i: number) => T): Record<string, T> =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`key-${String(i).padStart(4, '0')}`, value(i)]));
  return [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: meta('mebibyte'),
      type: 'Opaque',
      data: keys(500, (i) => Buffer.alloc(Math.floor(mebibyte / 500), i % 256).toString('base64')),
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: meta('one-value'),
      type: 'Opaque',
      data: { all: Buffer.alloc(mebibyte, 'x').toString('base64') },
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: meta('many-keys'), data: keys(3000, (i) => `value ${i} – ü`) },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: meta('binary'),
      data: { text: 'ü' },
      binaryData: {
        'not-utf8': notUtf8.toString('base64'),
        large: Buffer.alloc(mebibyte / 2, 0xff).toString('base64'),
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: meta(longestName),
      type: 'Opaque',
      data: { [longestName]: notUtf8.toString('base64'), empty: '' },
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: meta(longestName), data: { [longestName]: '' } },
  ];
}
