/** How much is measured. Quick only shows that it works. */
export type Sizes = typeof FULL;

const FULL = {
  isQuick: false,
  idleBaselineSeconds: 10,
  pairs: 50,
  latencyRates: [100, 500, 1_000],
  latencySeconds: 10,
  groupRate: 200,
  groupSeconds: 15,
  fanOutReaders: 2_000,
  fanOutPosts: 20,
  lonelyPosts: 200,
  feedPages: 1_000,
  projectedEvents: 10_000,
  feedAuthors: 150,
  deliveries: 1_500,
  recipients: 100,
  idleConnections: 500,
  idleSeconds: 20,
};

const QUICK: Sizes = {
  isQuick: true,
  idleBaselineSeconds: 2,
  pairs: 4,
  latencyRates: [20],
  latencySeconds: 2,
  groupRate: 20,
  groupSeconds: 2,
  fanOutReaders: 40,
  fanOutPosts: 3,
  lonelyPosts: 5,
  feedPages: 20,
  projectedEvents: 300,
  feedAuthors: 25,
  deliveries: 40,
  recipients: 5,
  idleConnections: 10,
  idleSeconds: 3,
};

export const sizesOf = ({ isQuick }: { readonly isQuick: boolean }): Sizes => (isQuick ? QUICK : FULL);
