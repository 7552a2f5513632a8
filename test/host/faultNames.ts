/** The Secret that the fault tests look at, in the namespace `shop`. */
export const objectName = 'db-credentials';

/** Where their proxies listen. Not 127.0.0.1: for any other host VS Code takes the caller's agent away. */
export const proxyAddress = '127.0.0.5';
