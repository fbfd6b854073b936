/** How much is measured; `--quick` for a first impression. */
const isQuick = process.argv.includes('--quick');

export const ROUND_MS = isQuick ? 400 : 1_500;
/** The store and raw LMDB take turns, and the median of their rounds counts, so that other load on the machine affects both. */
export const ROUNDS = 3;
export const OPENING_EVENTS = isQuick ? [1_000, 10_000] : [10_000, 100_000, 1_000_000];
export const READ_EVENTS = isQuick ? 20_000 : 200_000;
export const LATENCY_SAMPLES = isQuick ? 200 : 2_000;
