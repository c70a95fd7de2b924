#!/usr/bin/perl
# Makes the MaxMind DB files that the tests and the fuzz target read, with the format's reference writer (Debian
# package libmaxmind-db-writer-perl), so that the reader is held against somebody else's idea of the format:
#
#     perl fuzz/make_geo_mmdb_corpus.pl fuzz/corpus/geo_mmdb
#
# The files are made once and kept; neither the build nor the tests need this program.
use strict;
use warnings;

BEGIN { *CORE::GLOBAL::time = sub { 1_782_345_600 } }    # 2026-06-25: the same bytes every time
use MaxMind::DB::Writer::Tree;

my %types = (
    country            => 'map',
    iso_code           => 'utf8_string',
    registered_country => 'map',
    subdivisions       => [ 'array', 'map' ],
    traits             => 'map',
    is_anycast         => 'boolean',
);

my @ipv4 = (
    [ '2.72.0.0/14',       { country => { iso_code => 'KZ' }, subdivisions => [ { iso_code => 'ALA' } ] } ],
    [ '2.76.0.0/16',       { country => { iso_code => 'KZ' } } ],
    [ '5.1.0.0/17',        { registered_country => { iso_code => 'UZ' } } ],
    [ '5.2.0.0/16',        { traits => { is_anycast => 1 } } ],
    [ '5.3.0.0/24',        { country => { iso_code => 'EU' } } ],
    [ '5.3.1.0/24',        { country => { iso_code => 'EU' } } ],
    [ '198.51.100.128/25', { country => { iso_code => 'KG' }, subdivisions => [ { iso_code => '?' } ] } ],
);
my @ipv6 = (
    [ '2001:db8::/32',            { country => { iso_code => 'KG' }, subdivisions => [ { iso_code => 'GB' } ] } ],
    [ '2a00:1234:5678:9000::/52', { country => { iso_code => 'UZ' } } ],
);

sub write_db {
    my ( $path, $version, $record_size, $type, @networks ) = @_;
    my $tree = MaxMind::DB::Writer::Tree->new(
        ip_version               => $version,
        record_size              => $record_size,
        database_type            => $type,
        languages                => ['en'],
        description              => { en => 'made by make_geo_mmdb_corpus.pl' },
        alias_ipv6_to_ipv4       => $version == 6 ? 1 : 0,
        remove_reserved_networks => 0,
        map_key_type_callback    => sub { $types{ $_[0] } },
    );
    $tree->insert_network(@$_) for @networks;
    open my $file, '>:raw', $path or die "$path: $!";
    $tree->write_tree($file);
    close $file or die "$path: $!";
}

my $folder = shift or die "usage: $0 FOLDER\n";
write_db( "$folder/both-24.mmdb", 6, 24, 'Test-City', @ipv4, @ipv6 );
write_db( "$folder/both-28.mmdb", 6, 28, 'Test-City', @ipv4, @ipv6 );
write_db( "$folder/ipv4-32.mmdb", 4, 32, 'Test-City', @ipv4 );
write_db( "$folder/no-countries-24.mmdb", 4, 24, 'Test-ASN', $ipv4[3] );
