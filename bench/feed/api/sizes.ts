/** How much is measured. Of each profile; quick only shows that it works. */
export type Profile = 'embedded' | 'distributed';

export type Sizes = {
  readonly isQuick: boolean;
  /** Authors with posts, whom readers follow. */
  readonly authors: number;
  readonly postsOfAuthor: number;
  /** Readers whom the load comes from, and how many authors each follows. */
  readonly readers: number;
  readonly followedByReader: number;
  /** Feeds that nobody has read: how many of each size, by the authors that are followed. */
  readonly coldReaders: number;
  readonly coldAuthors: readonly number[];
  /** Authors are followed by so many people, of whom at most `warmFollowers` have warm feeds. */
  readonly followers: readonly number[];
  readonly warmFollowers: number;
  readonly fanOutPosts: number;
  readonly lonelyPosts: number;
  readonly warmPages: number;
  /** Requests a second of the mix, one rate after the other, and for how long each. */
  readonly mixRates: readonly number[];
  readonly mixSeconds: number;
};

const EMBEDDED: Sizes = {
  isQuick: false,
  authors: 5_000,
  postsOfAuthor: 12,
  readers: 200,
  followedByReader: 150,
  coldReaders: 20,
  coldAuthors: [1_000, 5_000],
  followers: [100, 1_000, 5_000, 50_000],
  warmFollowers: 5_000,
  fanOutPosts: 10,
  lonelyPosts: 300,
  warmPages: 6_000,
  mixRates: [200, 500, 1_000],
  mixSeconds: 15,
};

/** What stands in for MongoDB here writes hundreds of documents a second, not thousands. */
const DISTRIBUTED: Sizes = {
  ...EMBEDDED,
  authors: 500,
  postsOfAuthor: 6,
  readers: 40,
  followedByReader: 60,
  coldReaders: 5,
  coldAuthors: [500],
  followers: [100, 1_000],
  warmFollowers: 1_000,
  fanOutPosts: 5,
  lonelyPosts: 50,
  warmPages: 1_000,
  mixRates: [20, 50],
};

const QUICK = {
  isQuick: true,
  authors: 40,
  postsOfAuthor: 3,
  readers: 6,
  followedByReader: 20,
  coldReaders: 3,
  coldAuthors: [40],
  followers: [10, 30],
  warmFollowers: 20,
  fanOutPosts: 2,
  lonelyPosts: 5,
  warmPages: 100,
  mixRates: [20],
  mixSeconds: 3,
} as const;

export const sizesOf = (profile: Profile, { isQuick }: { readonly isQuick: boolean }): Sizes => {
  const sizes = profile === 'embedded' ? EMBEDDED : DISTRIBUTED;
  return isQuick ? { ...sizes, ...QUICK } : sizes;
};
