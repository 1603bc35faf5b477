using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Vitrine.Interp.Tests")]
