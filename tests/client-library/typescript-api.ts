/** The compiler's API for openapi-typescript: TypeScript 7 has none yet. */
export { ts as default } from '@ts-morph/common';
