'use strict';
// How dist/llsd.cjs starts, and what it loads for `llsd lock`. The program itself is in the comment at the end: what stands
// in a comment is skipped, where a function would be parsed twice. Beside the file, dist/llsd.cache may hold the program as
// an earlier run of this version of Node compiled it; V8 refuses any that does not fit, and everything works without it.
const { readFileSync } = require('node:fs');
const { Script } = require('node:vm');

function readCache() {
  try {
    return readFileSync(__filename.replace(/cjs$/, 'cache'));
  } catch {
    return undefined;
  }
}

const file = readFileSync(__filename, 'latin1');
const start = file.indexOf('/' + '*PROGRAM\n') + 10;
const source = file.slice(start, file.indexOf('\n*' + '/', start)).replaceAll('*\\u2f', '*' + '/');
const script = new Script(source, {
  filename: __filename,
  lineOffset: file.slice(0, start).split('\n').length - 1,
  cachedData: readCache(),
});
script.runInThisContext()(require, module);
// For the build, which keeps what was compiled on the way.
module.exports.script = script;
