import type { MediaEvent } from '../../media/events.ts';
import type { ObjectKey } from '../../media/media-facts.ts';
import type { MediaId, PersonId } from '../../shared/ids.ts';
import { at, later, type Samples } from '../samples.ts';

const owner = '0f6f2c1e-6a0b-5f0e-9a51-3d1c52d6a001' as PersonId;
const media = '3b0b7e9c-52d1-5c44-9a3f-6f1d2c3b4a5e' as MediaId;
const full = 'b7Jm0x2Zt5oYw1fQ9dV3kR8uN6cH4sLpAeGiTjXvK0I' as ObjectKey;
const small = 'q2Wd8nYb6kTz4mVx0cRf1sHj3gPl5uAoEiN7tQeXyD9' as ObjectKey;

export const mediaSamples: Samples<MediaEvent> = {
  'media.uploaded.v1': { media, owner, bytes: 3_145_926, at },
  'media.ready.v1': {
    media,
    owner,
    objects: [full, small],
    facts: {
      kind: 'image',
      variants: [
        { name: 'full', object: full, type: 'image/jpeg', bytes: 812_345, width: 4000, height: 3000 },
        { name: 'small', object: small, type: 'image/jpeg', bytes: 14_159, width: 320, height: 240 },
      ],
      blurHash: 'LEHV6nWB2yk8pyo0adR*.7kCMdnj',
    },
    at,
  },
  'media.refused.v1': { media, owner, fault: 'media-heic' },
  'media.removal-begun.v1': { media, owner, objects: [full, small], at },
  'media.kept.v1': { media, owner, objects: [full, small], at: later },
  'media.removed.v1': { media, owner, objects: [full, small] },
};
