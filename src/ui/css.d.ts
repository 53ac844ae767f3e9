import 'react';

declare module 'react' {
  interface CSSProperties {
    /** Custom properties carry values from data to style. */
    [property: `--${string}`]: string | number | undefined;
  }
}
