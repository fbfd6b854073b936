/** `npm run test:web`: what people and the pages and programs that they use do with a whole Tidings. */
export default {
  extensions: ['ts'],
  files: ['**/*.web.test.ts'],
  timeout: '4m',
  concurrency: 2,
};
