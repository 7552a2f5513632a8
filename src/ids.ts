/** Names that package.json repeats. A test compares the two. */

export const views = { container: 'kubefresh', pods: 'kubefresh.pods', objects: 'kubefresh.objects' } as const;

export const commands = {
  connect: 'kubefresh.connect',
  fetch: 'kubefresh.fetch',
  refresh: 'kubefresh.refresh',
  refreshAll: 'kubefresh.refreshAll',
  changeScope: 'kubefresh.changeScope',
  registerPod: 'kubefresh.registerPod',
  explainReference: 'kubefresh.explainReference',
  revealObject: 'kubefresh.revealObject',
  switchContext: 'kubefresh.switchContext',
  startDemo: 'kubefresh.startDemo',
  stopDemo: 'kubefresh.stopDemo',
  unregisterPod: 'kubefresh.unregisterPod',
  unpin: 'kubefresh.unpin',
  filterRows: 'kubefresh.filterRows',
  showProblemsOnly: 'kubefresh.showProblemsOnly',
  showAllRows: 'kubefresh.showAllRows',
  clearFilter: 'kubefresh.clearFilter',
  groupPods: 'kubefresh.groupPods',
  showMore: 'kubefresh.showMore',
  openManifest: 'kubefresh.openManifest',
  revealKey: 'kubefresh.revealKey',
  copyKeyValue: 'kubefresh.copyKeyValue',
  copyName: 'kubefresh.copyName',
  copyReference: 'kubefresh.copyReference',
  openInTerminal: 'kubefresh.openInTerminal',
  changeStrategy: 'kubefresh.changeStrategy',
  showLog: 'kubefresh.showLog',
  openSettings: 'kubefresh.openSettings',
} as const;

export const settings = {
  section: 'kubefresh',
  kubeconfig: 'kubeconfig',
  context: 'context',
  autoConnect: 'autoConnect',
  ttlSeconds: 'ttlSeconds',
  strategy: 'strategy',
  kubeletVersion: 'kubeletVersion',
  sync: 'sync',
  kubeAPIQPS: 'kubeAPIQPS',
  kubeAPIBurst: 'kubeAPIBurst',
  pluginFolders: 'credentialPlugins.folders',
  pluginTimeoutSeconds: 'credentialPlugins.timeoutSeconds',
  requestTimeoutSeconds: 'requestTimeoutSeconds',
} as const;

export const contextKeys = {
  /** What the views say while they are empty: a `WelcomeState`. */
  welcome: 'kubefresh.welcome',
  connected: 'kubefresh.connected',
  /** Whether the demo cluster runs. */
  demo: 'kubefresh.demo',
  /** Whether a text is looked for in rows, and whether problems alone are shown. */
  filtered: 'kubefresh.filtered',
  problemsOnly: 'kubefresh.problemsOnly',
} as const;

/** Scheme of the URIs that decorations hang on. They hold kinds, namespaces, names and keys, never values. */
export const decorationScheme = 'kubefresh';

/** Scheme of the manifests of the demo cluster, which are read-only and nowhere on disk. */
export const demoScheme = 'kubefresh-demo';

/** The item of the status bar. */
export const statusBarItem = 'kubefresh.status';

/** Scheme of the read-only documents that show objects. Their URIs hold context, server, kind, namespace and name. */
export const manifestScheme = 'kubefresh-manifest';

export const colors = {
  notFetched: 'kubefresh.freshness.notFetched',
  fetching: 'kubefresh.freshness.fetching',
  fresh: 'kubefresh.freshness.fresh',
  readOnUse: 'kubefresh.freshness.readOnUse',
  stale: 'kubefresh.freshness.stale',
  live: 'kubefresh.freshness.live',
  immutable: 'kubefresh.freshness.immutable',
  idle: 'kubefresh.freshness.idle',
  kept: 'kubefresh.freshness.kept',
  notFound: 'kubefresh.freshness.notFound',
  forbidden: 'kubefresh.freshness.forbidden',
  failed: 'kubefresh.freshness.failed',
} as const;
