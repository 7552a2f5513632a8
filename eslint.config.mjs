import tseslint from 'typescript-eslint';

/**
 * The layers of src, from the leaves up: what each folder may import besides itself.
 * A folder that is missing here may not be imported across folders at all.
 */
const layers = {
  objects: [],
  references: ['objects'],
  manager: ['objects'],
  manifest: ['objects', 'references'],
  cluster: ['objects', 'references'],
  demo: ['objects'],
  connection: ['objects', 'references', 'manager', 'manifest', 'cluster', 'demo'],
  wording: ['objects', 'references', 'manager', 'manifest', 'cluster', 'connection'],
  window: ['objects', 'connection', 'wording'],
  views: ['objects', 'references', 'manager', 'manifest', 'cluster', 'connection', 'wording'],
  language: ['objects', 'references', 'manager', 'manifest', 'cluster', 'connection', 'wording'],
  commands: [
    'objects',
    'references',
    'manager',
    'manifest',
    'cluster',
    'connection',
    'wording',
    'window',
    'views',
    'language',
  ],
};
const usesVscode = new Set(['wording', 'window', 'views', 'language', 'commands']);
const folders = Object.keys(layers);

const layerRules = Object.entries(layers).map(([folder, allowed]) => ({
  files: [`src/${folder}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: `^\\.\\./(${folders.filter((other) => other !== folder && !allowed.includes(other)).join('|')})/`,
            message: `src/${folder} may import only: ${allowed.join(', ') || 'nothing'}.`,
          },
          ...(folder === 'cluster'
            ? []
            : [{ regex: '^@kubernetes/client-node', message: 'Only src/cluster uses the Kubernetes client.' }]),
          ...(folder === 'manifest' || folder === 'cluster'
            ? []
            : [{ regex: '^yaml$', message: 'Only src/manifest and src/cluster read YAML.' }]),
          ...(usesVscode.has(folder)
            ? []
            : [{ regex: '^vscode$', message: 'Nothing below the views imports vscode.' }]),
          // Across bundles only types travel; the code of src/cluster is loaded on first use by the root.
          ...(folder === 'cluster'
            ? []
            : [
                {
                  regex: '^\\.\\./cluster/',
                  allowTypeImports: true,
                  message: 'src/cluster is a bundle of its own: import its types only.',
                },
              ]),
        ],
      },
    ],
  },
}));

// The typed rule understands `allowTypeImports`; the core rule of the same name does not.
for (const block of layerRules) {
  block.rules['@typescript-eslint/no-restricted-imports'] = block.rules['no-restricted-imports'];
  delete block.rules['no-restricted-imports'];
}

export default tseslint.config(
  { ignores: ['dist/', 'out/', 'node_modules/', 'test/harness/vscode/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  ...layerRules,
  {
    files: ['test/**/*.ts'],
    rules: {
      'no-console': 'off',
      // node:test registers what `test()` and `describe()` return by itself.
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'it', 'describe', 'suite', 'before', 'after'] },
          ],
        },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
);
