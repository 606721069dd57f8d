# SPDX-License-Identifier: BSD-2-Clause
# Perl: IO::Socket::UNIX as a handle, with <$handle>, read and print.  The
# size of its buffers, 8 KiB, is compiled in.  The server forks for each
# client, as in perlipc(1).
use strict;
use warnings;
use IO::Handle;
use IO::Socket::UNIX;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

my $line = "0123456789012345678901234567890\n";
my $piece = "\0" x 65536;
my ($part, $amount) = @ARGV;
my $end;

sub
timed
{
	my ($get) = @_;
	my $start;

	$get->(int($amount / 16) + 1);
	$start = clock_gettime(CLOCK_MONOTONIC);
	$get->($amount);
	printf "%.9f\n", clock_gettime(CLOCK_MONOTONIC) - $start;
}

sub
put
{
	my ($what) = @_;

	for (1 .. $amount + int($amount / 16) + 1) {
		print $end $what or die "print: $!";
	}
	$end->flush;
}

sub
get_lines
{
	my ($count) = @_;

	while ($count-- > 0) {
		my $got = <$end>;
		chomp $got;
		die "a line has changed" if length $got != 31;
	}
}

sub
get_pieces
{
	my ($count) = @_;
	my $got;

	while ($count-- > 0) {
		die "read" if read($end, $got, 65536) != 65536;
	}
}

sub
go
{
	my ($count) = @_;

	while ($count-- > 0) {
		print $end $line;
		$end->flush;
		die "a line has changed" if <$end> ne $line;
	}
}

sub
answer
{
	for (1 .. $amount + int($amount / 16) + 1) {
		die "a line has changed" if <$end> ne $line;
		print $end $line;
		$end->flush;
	}
}

sub
serve
{
	my $listener = IO::Socket::UNIX->new(Local => $amount, Listen => 128)
	    or die "listen: $!";

	$SIG{CHLD} = 'IGNORE';
	while (my $client = $listener->accept) {
		my $child = fork;
		die "fork: $!" unless defined $child;
		if ($child == 0) {
			my $got = <$client>;
			print $client $got;
			close $client;
			exit;
		}
		close $client;
	}
}

if ($part eq 'serve') {
	serve;
	exit;
}
$end = IO::Socket::UNIX->new_from_fd(0, '+<') or die "new_from_fd: $!";
if ($part eq 'put-lines') { put $line }
elsif ($part eq 'put-pieces') { put $piece }
elsif ($part eq 'get-lines') { timed \&get_lines }
elsif ($part eq 'get-pieces') { timed \&get_pieces }
elsif ($part eq 'ask') { timed \&go }
elsif ($part eq 'answer') { answer }
else { die "no such part" }
