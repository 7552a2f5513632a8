import type { Access } from './walk';

/** Reads parsed JSON. */
export const objectAccess: Access<unknown> = {
  field(node, name) {
    if (typeof node !== 'object' || node === null) return undefined;
    return (node as Readonly<Record<string, unknown>>)[name] ?? undefined;
  },
  names(node) {
    return typeof node === 'object' && node !== null ? Object.keys(node) : [];
  },
  items(node) {
    return Array.isArray(node) ? (node as readonly unknown[]) : [];
  },
  text(node) {
    return typeof node === 'string' ? node : undefined;
  },
  flag(node) {
    return typeof node === 'boolean' ? node : undefined;
  },
};
