/** `npm run test:long`: long stories of a whole Tidings: kills, rebuilds, backups, imports, exports, the demo. */
export default {
  extensions: ['ts'],
  files: ['**/*.long.test.ts'],
  timeout: '4m',
  concurrency: 2,
};
