using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Vitrine.Interp.Tests")]
[assembly: InternalsVisibleTo("Vitrine.Explorer")]
[assembly: InternalsVisibleTo("Vitrine.Explorer.Tests")]
[assembly: InternalsVisibleTo("vitrine")]
[assembly: InternalsVisibleTo("Vitrine.Cli.Tests")]
[assembly: InternalsVisibleTo("Vitrine.Fuzz")]
