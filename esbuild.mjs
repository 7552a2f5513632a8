// Builds the extension: dist/extension.js (loaded on activation), dist/manifest.js (the YAML parser, loaded with the
// first manifest), dist/cluster.js (the Kubernetes client, loaded on first connection) and dist/demo.js (the demo
// cluster, loaded when it is started). `bundling` is shared with test/run.mjs, so that tests run the code as it ships.
import { build } from 'esbuild';
import { rm } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';

/**
 * @kubernetes/client-node does not say that its modules are free of side effects, so a bundle keeps its 760 generated
 * models although KubeConfig uses two functions of them. Saying it here takes the bundle from 1.4 MB to 0.2 MB.
 */
const clientNodeIsPure = {
  name: 'client-node-is-pure',
  setup(build) {
    build.onResolve({ filter: /^(\.|@kubernetes\/client-node)/ }, async (args) => {
      if (args.pluginData === 'resolved') return undefined;
      if (args.path.startsWith('.') && !/[\\/]@kubernetes[\\/]client-node[\\/]/.test(args.importer)) return undefined;
      const { resolveDir, importer, kind } = args;
      const resolved = await build.resolve(args.path, {
        resolveDir,
        importer,
        kind,
        pluginData: 'resolved',
        with: args.with,
      });
      return resolved.errors.length > 0 ? undefined : { path: resolved.path, sideEffects: false };
    });
  },
};

/** Requests go through node:https (src/cluster/transport.ts), never through the client's own HTTP stack. */
const withoutUndici = {
  name: 'without-undici',
  setup(build) {
    build.onResolve({ filter: /^undici$/ }, () => ({ path: 'undici', namespace: 'absent' }));
    build.onLoad({ filter: /.*/, namespace: 'absent' }, () => ({
      loader: 'js',
      contents: `
        const absent = (name) => class { constructor() { throw new Error('undici.' + name + ' is not bundled'); } };
        export const Agent = absent('Agent'), ProxyAgent = absent('ProxyAgent');
        export const buildConnector = () => { throw new Error('undici.buildConnector is not bundled'); };
        export const fetch = () => { throw new Error('undici.fetch is not bundled'); };`,
    }));
  },
};

/**
 * KubeConfig parses YAML, runs JSONPath, refreshes OIDC tokens and asks HTTP proxies only in ways that are not used here:
 * src/cluster reads kubeconfig files and credentials and opens tunnels by itself. That is 0.1 MB.
 */
const withoutUnusedClientParts = {
  name: 'without-unused-client-parts',
  setup(build) {
    build.onResolve({ filter: /^(js-yaml|openid-client|jsonpath-plus|hpagent)$/ }, ({ path, importer }) =>
      /[\\/]@kubernetes[\\/]client-node[\\/]/.test(importer) ? { path, namespace: 'unused' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ loader: 'js', contents: 'module.exports = {};' }));
  },
};

/** Files of their own, so that activation does not load them. */
const loadedOnFirstUse = {
  name: 'loaded-on-first-use',
  setup(build) {
    build.onResolve({ filter: /^\.\/(manifest|cluster|demo)\/bundle$/ }, (args) => ({
      path: `./${args.path.split('/')[1]}.js`,
      external: true,
    }));
  },
};

export const bundling = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['vscode'],
  plugins: [withoutUndici, withoutUnusedClientParts, clientNodeIsPure],
  logLevel: 'warning',
};

/** Builds dist/; answers esbuild's metafile, whose outputs carry the sizes in bytes. */
export async function buildExtension({ minify = true } = {}) {
  await rm('dist/extension.js', { force: true });
  const shared = { ...bundling, minify, metafile: true, sourcemap: minify ? false : 'linked' };
  const built = await Promise.all([
    build({
      ...shared,
      entryPoints: ['src/extension.ts'],
      outfile: 'dist/extension.js',
      plugins: [loadedOnFirstUse],
      // As `require`, the import of the other bundle needs no module loader of its own in the extension host.
      supported: { 'dynamic-import': false },
    }),
    ...['manifest', 'cluster', 'demo'].map((folder) =>
      build({ ...shared, entryPoints: [`src/${folder}/bundle.ts`], outfile: `dist/${folder}.js` }),
    ),
  ]);
  return Object.assign({}, ...built.map(({ metafile }) => metafile.outputs));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const outputs = await buildExtension({ minify: !process.argv.includes('--debug') });
  for (const [file, { bytes }] of Object.entries(outputs)) {
    if (file.endsWith('.js')) console.log(`${file}  ${(bytes / 1000).toFixed(0)} kB`);
  }
}
