// With this file the compiler takes functions without a body, which are linked by their names.
