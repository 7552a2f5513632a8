import { resources } from './resources';

/** What the server says of itself at a path of `documents` (routes.ts): a text or an object. */
export function documentAt(path: string): string | object {
  switch (path) {
    case '/version':
      return { major: '1', minor: '37', gitVersion: 'v1.37.0+demo', platform: 'kubefresh/demo' };
    case '/api':
      return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
    case '/apis':
      return { kind: 'APIGroupList', apiVersion: 'v1', groups: [] };
    case '/api/v1':
      return { kind: 'APIResourceList', groupVersion: 'v1', resources: resourceList() };
    default:
      return 'ok';
  }
}

function resourceList(): readonly object[] {
  return resources.map(({ plural, kind, namespaced }) => ({
    name: plural,
    singularName: kind.toLowerCase(),
    namespaced,
    kind,
    verbs: ['get', 'list', 'watch'],
  }));
}
