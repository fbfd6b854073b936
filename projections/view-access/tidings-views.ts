/** The views of Tidings: `ActiveViews` and `ViewReader` over the projectors in `read-models/projectors.ts`. */
import type { TidingsDocuments, TidingsProjector } from '../read-models/projectors.ts';
import type { ActiveViews } from './active-views.ts';
import type { ViewReader } from './view-reader.ts';

export type TidingsViews = ActiveViews<TidingsDocuments>;
export type TidingsViewReader = ViewReader<TidingsProjector>;
