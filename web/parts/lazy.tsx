/** A part of the pages that is loaded when it is first shown. */
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { failureText } from '../app/session.ts';
import { Failure, Skeleton } from './states.tsx';

/** `load` imports a module; while it comes, and where it can't be had, the person is told. */
export function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined;
  return function Lazy(props: Props) {
    const [failure, setFailure] = useState<string | undefined>(undefined);
    const [, setLoaded] = useState(false);
    const read = () => {
      setFailure(undefined);
      load().then(
        (component) => {
          loaded = component;
          setLoaded(true);
        },
        (error: unknown) => setFailure(failureText(error)),
      );
    };
    useEffect(() => {
      if (loaded === undefined) read();
    }, []);
    if (loaded !== undefined) return <ShownOf component={loaded} props={props} />;
    return failure === undefined ? <Skeleton /> : <Failure text={failure} onRetry={read} />;
  };
}

function ShownOf<Props extends object>({ component: Shown, props }: { readonly component: ComponentType<Props>; readonly props: Props }) {
  return <Shown {...props} />;
}
