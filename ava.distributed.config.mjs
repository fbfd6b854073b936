/** `npm run test:distributed`: the tests that need the servers of the distributed profile. */
export default {
  extensions: ['ts'],
  files: ['**/*.distributed.test.ts'],
  timeout: '4m',
  concurrency: 2,
};
