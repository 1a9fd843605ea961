"""The workers for CleanRL, Ray and BARLOG, each tested in an environment that has its framework."""
