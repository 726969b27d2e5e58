/** Version of the bundle, set by the build. */
declare const __VERSION__: string;
/** Hash of the rules by which the bundle judges statements, set by the build. */
declare const __RULES__: string;
