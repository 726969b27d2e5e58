/** Version of the bundle, set by the build. */
declare const __VERSION__: string;
