using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Vitrine.Tensors.Tests")]
