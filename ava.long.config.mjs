/** `npm run test:long`: long stories: kills, power cuts, faults of vendors, attacks, rebuilds, backups, imports, exports, the demo. */
export default {
  extensions: ['ts'],
  files: ['**/*.long.test.ts'],
  timeout: '4m',
  concurrency: 2,
};
