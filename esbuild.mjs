// Builds the extension into dist/. Each file is loaded on first use:
//   extension.js  on activation
//   manifest.js   with the first manifest that is read or written
//   cluster.js    the Kubernetes client, on the first connection
//   yaml.js       the YAML parser, with the first of the other files that reads YAML
//   socks.js      with the first connection through a SOCKS proxy
//   demo.js       the demo cluster, when it is started
// `bundling` is shared with test/run.mjs, so that tests run the code as it ships.
import { build } from 'esbuild';
import { rm } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';

function isClientNode(importer) {
  return /[\\/]@kubernetes[\\/]client-node[\\/]/.test(importer);
}

/**
 * @kubernetes/client-node does not say that its modules are free of side effects, so a bundle keeps its 760 generated
 * models although KubeConfig uses two functions of them. Saying it here takes the bundle from 1.4 MB to 0.2 MB.
 */
const clientNodeIsPure = {
  name: 'client-node-is-pure',
  setup(build) {
    build.onResolve({ filter: /^(\.|@kubernetes\/client-node)/ }, async (args) => {
      if (args.pluginData === 'resolved') return undefined;
      if (args.path.startsWith('.') && !isClientNode(args.importer)) return undefined;
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
 * KubeConfig parses YAML, runs JSONPath, refreshes OIDC tokens, asks HTTP proxies and gives undici a SOCKS client. None
 * of it is used: src/cluster reads kubeconfig files and credentials and opens tunnels by itself. That is 0.1 MB.
 */
const withoutUnusedClientParts = {
  name: 'without-unused-client-parts',
  setup(build) {
    build.onResolve({ filter: /^(js-yaml|openid-client|jsonpath-plus|hpagent|socks)$/ }, ({ path, importer }) =>
      isClientNode(importer) ? { path, namespace: 'unused' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ loader: 'js', contents: 'module.exports = {};' }));
  },
};

/** KubeConfig loads its agent for SOCKS proxies with itself. Hardly anybody has one: it is loaded to make the first agent. */
const socksOnFirstUse = {
  name: 'socks-on-first-use',
  setup(build) {
    build.onResolve({ filter: /^socks-proxy-agent$/ }, ({ importer, resolveDir }) =>
      isClientNode(importer)
        ? { path: 'SocksProxyAgent', namespace: 'on-first-use', pluginData: resolveDir }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'on-first-use' }, ({ pluginData }) => ({
      resolveDir: pluginData,
      contents: `
        export function SocksProxyAgent(...options) {
          return new (require('socks-proxy-agent').SocksProxyAgent)(...options);
        }`,
    }));
  },
};

export const bundling = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['vscode'],
  plugins: [withoutUndici, withoutUnusedClientParts, socksOnFirstUse, clientNodeIsPure],
  logLevel: 'warning',
};

/** The files of dist/, and the import that becomes a `require` of the file wherever another one has it. */
const files = {
  extension: 'src/extension.ts',
  manifest: './manifest/bundle',
  cluster: './cluster/bundle',
  demo: './demo/bundle',
  yaml: 'yaml',
  socks: 'socks-proxy-agent',
};

const requireOtherFiles = {
  name: 'require-other-files',
  setup(build) {
    const names = new Map(Object.entries(files).map(([name, from]) => [from, name]));
    build.onResolve({ filter: /.*/ }, ({ path, kind }) =>
      kind !== 'entry-point' && names.has(path) ? { path: `./${names.get(path)}.js`, external: true } : undefined,
    );
  },
};

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const minify = !process.argv.includes('--debug');
  await rm('dist/extension.js', { force: true });
  const { metafile } = await build({
    ...bundling,
    plugins: [...bundling.plugins, requireOtherFiles],
    entryPoints: Object.fromEntries(
      Object.entries(files).map(([name, from]) => [name, from.replace(/^\.\//, './src/')]),
    ),
    outdir: 'dist',
    minify,
    sourcemap: minify ? false : 'linked',
    metafile: true,
    // As `require`, the import of another file needs no module loader of its own in the extension host.
    supported: { 'dynamic-import': false },
  });
  for (const [file, { bytes }] of Object.entries(metafile.outputs)) {
    if (file.endsWith('.js')) console.log(`${file}  ${(bytes / 1000).toFixed(0)} kB`);
  }
}
