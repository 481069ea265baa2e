import js from '@eslint/js';
import ts from 'typescript-eslint';

const notInTheLanguage = [
  'console',
  'process',
  'setTimeout',
  'setInterval',
  'structuredClone',
  'URL',
  'TextEncoder',
  'TextDecoder',
  'Intl',
];

export default ts.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...ts.configs.strictTypeChecked, ...ts.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-globals': ['error', ...notInTheLanguage],
      'no-restricted-properties': [
        'error',
        { property: 'localeCompare', message: 'Sort by code unit: the order must not depend on a locale.' },
        { property: 'toLocaleString', message: 'Output must not depend on a locale.' },
      ],
    },
  },
  {
    // A test that meets undefined where there is a value must fail, and does.
    files: ['**/*.test.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        module: 'writable',
        require: 'readonly',
        __filename: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
      },
    },
  },
);
