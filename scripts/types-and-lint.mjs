// Types and lint in one go: what the type checker has worked out for one serves the other, which saves a quarter of both.
import { join } from 'node:path';
import { ESLint } from 'eslint';
import ts from 'typescript';
import { root } from './ready.mjs';

const onUnRecoverableConfigFileDiagnostic = ({ messageText }) => {
  throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
};
const config = ts.getParsedCommandLineOfConfigFile(
  join(root, 'tsconfig.json'),
  {},
  { ...ts.sys, onUnRecoverableConfigFileDiagnostic },
);
// The linter walks from children to parents.
const host = ts.createCompilerHost(config.options, true);
const program = ts.createProgram({ rootNames: config.fileNames, options: config.options, host });
const diagnostics = [...config.errors, ...ts.getPreEmitDiagnostics(program)];
process.stdout.write(
  ts.formatDiagnostics(diagnostics, {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => root,
    getNewLine: () => '\n',
  }),
);
const eslint = new ESLint({
  cwd: root,
  overrideConfig: { files: ['**/*.ts'], languageOptions: { parserOptions: { project: null, programs: [program] } } },
});
const results = await eslint.lintFiles('.');
process.stdout.write((await eslint.loadFormatter('stylish')).format(results));
const unclean = results.some(({ errorCount, warningCount }) => errorCount + warningCount > 0);
process.exitCode = diagnostics.length > 0 || unclean ? 1 : 0;
