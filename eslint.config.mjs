import { existsSync, readFileSync } from 'node:fs';
import tseslint from 'typescript-eslint';

/** The table of layers, which test/project/layers.test.ts checks as well, for files too. */
const { mayImport, packages, bundles } = JSON.parse(readFileSync(new URL('src/layers.json', import.meta.url), 'utf8'));
const layers = Object.keys(mayImport);

const layerRules = layers.map((layer) => {
  const isFile = existsSync(new URL(`src/${layer}.ts`, import.meta.url));
  const up = isFile ? '\\./' : '\\.\\./';
  const others = layers.filter((other) => other !== layer && !mayImport[layer].includes(other));
  const foreign = Object.keys(packages).filter((name) => !packages[name].includes(layer));
  const otherBundles = Object.keys(bundles).filter((bundle) => bundle !== layer && layer !== 'extension');
  const patterns = [
    {
      regex: `^${up}(${others.join('|')})(/|$)`,
      message: `src/${layer} may import only: ${mayImport[layer].join(', ')}.`,
    },
    { regex: `^(${foreign.join('|')})$`, message: `src/${layer} does not use this package.` },
    {
      regex: `^${up}(${otherBundles.join('|')})/`,
      allowTypeImports: true,
      message: 'This folder is a bundle of its own: import its types only.',
    },
  ];
  return {
    files: [isFile ? `src/${layer}.ts` : `src/${layer}/**/*.ts`],
    // The typed rule understands `allowTypeImports`; the core rule of the same name does not.
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: patterns.filter(isUseful) }] },
  };
});

/** A group without members would match every import. */
function isUseful({ regex }) {
  return !regex.includes('()');
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
