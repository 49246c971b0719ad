/** The command line: parses arguments, runs a job and reports it. */
package org.lamina.zoo.cli;
