using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Vitrine.Cli.Tests")]
[assembly: InternalsVisibleTo("Vitrine.Fuzz")]
