using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Vitrine.Models.Tests")]
[assembly: InternalsVisibleTo("Vitrine.Interp")]
[assembly: InternalsVisibleTo("Vitrine.Interp.Tests")]
[assembly: InternalsVisibleTo("vitrine")]
[assembly: InternalsVisibleTo("Vitrine.Cli.Tests")]
[assembly: InternalsVisibleTo("Vitrine.Fuzz")]
